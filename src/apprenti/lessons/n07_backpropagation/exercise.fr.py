"""Leçon 7, en code : un neurone caché, à rebours. Complétez, puis lancez `apprenti learn check 7`."""


def backward(x1, y, v1, h1, p):
    """Rend les pentes de la perte selon h1, z1 et w11 : trois nombres."""
    # 1. selon h1 : p - y, fois le poids v1 par lequel h1 est passé
    # 2. selon z1 : ce nombre, fois la pente de la sigmoïde, h1 * (1 - h1)
    # 3. selon w11 : ce nombre, fois l'entrée x1
