"""Types of DHCP options and the registries of both families, as data. Pure: values to octets and back."""
