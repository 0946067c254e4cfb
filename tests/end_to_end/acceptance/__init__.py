"""What others get wrong (acceptance B, D, E, F, H), held against three running services."""
