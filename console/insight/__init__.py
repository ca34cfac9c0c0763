"""The conclusions from the picture: verdict, banners, countdowns, forecasts, diagnosis, alarms, guards, runbooks.

Pure functions of the picture and of now.
"""
