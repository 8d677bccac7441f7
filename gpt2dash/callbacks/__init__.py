"""Callback logic: plain functions that fetch, compute and draw."""
