"""Streets of Yerevan with the places of their houses, roughly; zones by their corners.

Whoever lives there in the demonstration is invented.
"""

DEPOT = (40.17765, 44.51260)

# name, code, colour, corners
ZONES = (
    (
        "Kentron",
        "K",
        4,
        (
            (40.1920, 44.5010),
            (40.1958, 44.5150),
            (40.1912, 44.5290),
            (40.1800, 44.5330),
            (40.1660, 44.5210),
            (40.1685, 44.5000),
            (40.1800, 44.4960),
        ),
    ),
    (
        "Arabkir",
        "A",
        10,
        (
            (40.1920, 44.5010),
            (40.1958, 44.5150),
            (40.2090, 44.5330),
            (40.2190, 44.5130),
            (40.2080, 44.4840),
            (40.1960, 44.4860),
        ),
    ),
    (
        "Shengavit",
        "S",
        2,
        (
            (40.1660, 44.5210),
            (40.1685, 44.5000),
            (40.1640, 44.4640),
            (40.1420, 44.4680),
            (40.1390, 44.5100),
            (40.1540, 44.5290),
        ),
    ),
)

# street and house, latitude, longitude, note for the door
ADDRESSES = (
    ("Teryan Street 62", 40.1856, 44.5152, "Code 62#, 4th floor"),
    ("Abovyan Street 28", 40.1829, 44.5172, "Entrance from the yard"),
    ("Tumanyan Street 35", 40.1838, 44.5139, ""),
    ("Mashtots Avenue 20", 40.1829, 44.5098, "Call from the gate"),
    ("Sayat-Nova Avenue 19", 40.1822, 44.5221, ""),
    ("Komitas Avenue 15", 40.2046, 44.5124, "Shop on the ground floor"),
    ("Baghramyan Avenue 24", 40.1908, 44.5066, ""),
    ("Hrachya Kochar Street 10", 40.2013, 44.5033, "2nd entrance, 7th floor"),
    ("Pushkin Street 21", 40.1817, 44.5106, ""),
    ("Vagharshyan Street 12", 40.2004, 44.5075, "The lift does not work"),
    ("Saryan Street 8", 40.1846, 44.5071, "Wine bar next door"),
    ("Koryun Street 19", 40.1893, 44.5224, ""),
    ("Gyulbenkyan Street 30", 40.2065, 44.5062, ""),
    ("Nalbandyan Street 48", 40.1778, 44.5161, "Leave with the guard"),
    ("Kasyan Street 3", 40.1979, 44.5024, ""),
    ("Khanjyan Street 13", 40.1765, 44.5199, ""),
    ("Amiryan Street 5", 40.1786, 44.5098, "Ask for the back office"),
    ("Arshakunyats Avenue 34", 40.1604, 44.5061, ""),
    ("Garegin Nzhdeh Street 17", 40.1527, 44.4868, "Under the arch"),
    ("Isahakyan Street 28", 40.1889, 44.5187, ""),
    ("Shevchenko Street 14", 40.1497, 44.4802, ""),
    ("Papazyan Street 16", 40.2099, 44.5021, "Dog in the yard"),
    ("Charents Street 5", 40.1807, 44.5298, ""),
    ("Bagratunyats Avenue 22", 40.1510, 44.4920, ""),
    ("Tigran Mets Avenue 33", 40.1701, 44.5138, ""),
    ("Khorenatsi Street 47", 40.1739, 44.5056, ""),
    ("Orbeli Street 22", 40.1944, 44.4963, ""),
    ("Spendiaryan Street 7", 40.1929, 44.5081, "Music school, ring twice"),
    ("Artashisyan Street 42", 40.1466, 44.4765, ""),
    ("Aram Street 54", 40.1803, 44.5183, ""),
)
