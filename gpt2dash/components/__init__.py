"""Layout: functions that return Dash components. No torch, no model."""
