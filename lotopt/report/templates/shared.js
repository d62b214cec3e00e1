const all = (query, root = document) => [...root.querySelectorAll(query)];
const make = (tag, text, name) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (name) made.className = name;
  return made;
};
