// A list that grows for ever.
const list = [];
for (let i = 0; ; i++) list.push({ i });
