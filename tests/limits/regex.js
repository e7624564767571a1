// A pattern that takes exponential time.
/^(a+)+$/.test('a'.repeat(60) + '!');
