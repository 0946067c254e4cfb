"""The demo: the figures of the five articles, from unit-level reports to totals and a notice."""
