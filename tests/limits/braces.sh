# Expansions that multiply.
echo {1..1000}{1..1000}{1..1000}
