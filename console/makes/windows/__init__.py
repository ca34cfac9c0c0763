"""Windows Server DHCP failover, by the metrics of windows_exporter (its collector dhcp)."""
