"""What is installed beside the package: units, man pages, completion, rules and dashboards."""
