'use strict';
const root = Function('return this')();

/** Compiles `Hello <%= name %>` to a function. */
function template(text) {
  const body = text
    .split(/<%=(.+?)%>/)
    .map((part, index) => (index % 2 ? `out += String(data.${part.trim()});` : `out += ${JSON.stringify(part)};`))
    .join('\n');
  return new Function('data', `let out = '';\n${body}\nreturn out;`);
}

/** Compiles a schema of types to a validator. */
function validator(schema) {
  const checks = Object.entries(schema).map(([name, type]) => `typeof value.${name} === ${JSON.stringify(type)}`);
  return new Function('value', `return ${checks.join(' && ')};`);
}

const logo = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
exports.greet = template('Hello <%= name %>, welcome.');
exports.isUser = validator({ name: 'string', age: 'number' });
exports.logo = Buffer.from(logo, 'base64');
exports.root = typeof root;
