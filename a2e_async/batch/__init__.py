"""Bulk runs: many requests under limits, kept in a journal, none of them lost or paid twice."""
