"""The failover endpoint: state machine, lead time, binding updates, pool balance. Pure, sans-IO."""
