"""The demo county: 石首市 (421081) with its agencies, staff, callers and an invented population.

Everybody in it is made up. Places and agencies' names are real or follow the real pattern; shapes
of the population follow the surveys named in ``persistence.demo.shapes``.
"""
