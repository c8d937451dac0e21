"""Makes the base knowledge that ships with the package: data sets × the catalogue of recipes."""
