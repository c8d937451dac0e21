"""Lesson 9, in code: a convolution. Fill the gap, then run `apprenti learn check 9`."""


def convolve(picture, kernel):
    """Return the picture under a 3 x 3 kernel. Both are lists of rows; the result is two rows and columns smaller."""
    # for every place (y, x) where the kernel fits:
    #     multiply picture[y + j][x + i] by kernel[j][i] for j and i from 0 to 2, and add the nine products
