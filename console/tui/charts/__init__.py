"""Drawing of charts: the canvas of dots and the picture of one pool."""
