"""What an operator may do: judged live, its consequences said first, then done, verified and recorded."""
