"""Charts of the pools: lines over time, their columns, the axes and the forecast. Nothing is drawn here."""
