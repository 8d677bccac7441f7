"""Tests that drive the real app in Chromium."""
