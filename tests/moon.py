"""New year's day and mid-autumn of the Vietnamese lunar calendar, worked out from the sun and the moon.

New moons after Meeus (Astronomical Algorithms), the sun's longitude to a hundredth of a degree, days of UTC+7. The
month with the winter solstice is the eleventh; where thirteen months lie between two of them, the first without a major
term is the leap month.
"""

from datetime import date, timedelta
from math import floor, pi, radians, sin

ZONE = 7 / 24


def new_moon(k):
    """Return the day (Julian, UTC+7) of the k-th new moon since 1 January 1900."""
    t = k / 1236.85
    m = radians(359.2242 + 29.10535608 * k - 0.0000333 * t**2)
    n = radians(306.0253 + 385.81691806 * k + 0.0107306 * t**2)
    f = radians(21.2964 + 390.67050646 * k - 0.0016528 * t**2)
    mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t**2 + 0.00033 * sin(radians(166.56 + 132.87 * t))
    more = ((0.1734 - 0.000393 * t) * sin(m) + 0.0021 * sin(2 * m) - 0.4068 * sin(n) + 0.0161 * sin(2 * n)
            - 0.0004 * sin(3 * n) + 0.0104 * sin(2 * f) - 0.0051 * sin(m + n) - 0.0074 * sin(m - n)
            + 0.0004 * sin(2 * f + m) - 0.0004 * sin(2 * f - m) - 0.0006 * sin(2 * f + n)
            + 0.0010 * sin(2 * f - n) + 0.0005 * sin(2 * n + m))  # fmt: skip
    drift = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return floor(mean + more - drift + 0.5 + ZONE)


def term(day):
    """Return the twelfth of the sun's way in which a day begins; 9 begins with the winter solstice."""
    t = (day - 0.5 - ZONE - 2451545.0) / 36525
    m = radians(357.5291 + 35999.0503 * t)
    way = 280.46645 + 36000.76983 * t + (1.9146 - 0.004817 * t) * sin(m) + 0.019993 * sin(2 * m) + 0.00029 * sin(3 * m)
    return floor((radians(way) % (2 * pi)) / pi * 6)


def eleventh(year):
    """Return the number of the new moon that begins the month with the winter solstice."""
    k = floor((date(year, 12, 31).toordinal() + 1721425 - 2415021) / 29.530588853)
    return k - 1 if term(new_moon(k)) >= 9 else k


def feasts(year):
    """Return (first day of the lunar year, the 15th of its eighth month)."""
    first, last = eleventh(year - 1), eleventh(year)
    starts = [new_moon(k) for k in range(first, last + 1)]
    leap = next((at for at in range(1, 13) if term(starts[at]) == term(starts[at + 1])), 0) if last - first == 13 else 0
    number, found = 11, {}
    for at, start in enumerate(starts[:-1]):
        if at and at != leap:
            number = number % 12 + 1
        found.setdefault(number, date.fromordinal(start - 1721425))
    return found[1], found[8] + timedelta(days=14)
