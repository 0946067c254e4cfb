"""Kills, restarts, duplicates and poison under load, judged by an oracle that shares no code."""
