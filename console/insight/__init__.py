"""What the picture means: verdict, dangers, countdowns, forecasts, alarms, guards.

Pure functions of the picture and of now.
"""
