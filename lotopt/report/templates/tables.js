// What can be pressed is made here: without script a table is text and nothing else.
function pressed(cell) {
  const button = make("button", cell.textContent);
  button.type = "button";
  cell.replaceChildren(button);
  return button;
}
for (const cell of all("[data-of]")) {
  const button = pressed(cell);
  button.dataset.lot = cell.dataset.of;
  button.setAttribute("aria-pressed", "false");
}

// Larger tables can be put in another order by any column: up, down, and as they were given.
const words = new Intl.Collator("en-GB", { numeric: true });
const figure = (text) => {
  const found = /-?[\d,]*\.?\d+/.exec(text);
  return found ? Number(found[0].replaceAll(",", "")) : NaN;
};
function compared(a, b, numeric) {
  if (!numeric) return words.compare(a, b);
  const x = figure(a), y = figure(b);
  return Number.isNaN(x) || Number.isNaN(y) ? Number.isNaN(x) - Number.isNaN(y) : x - y;
}
const given = new Map(), orders = new Map();
function sort(table, column, way) {
  const heads = all("thead th", table), body = table.tBodies[0];
  heads.forEach((head, i) => {
    if (i === column && way) head.setAttribute("aria-sort", way);
    else head.removeAttribute("aria-sort");
  });
  const numeric = heads[column].classList.contains("n"), turn = way === "descending" ? -1 : 1;
  const text = (row) => row.cells[column].textContent.trim();
  const rows = [...given.get(table)];
  // what has no figure stays last, whichever way
  const blank = (row) => text(row) === "" || (numeric && Number.isNaN(figure(text(row))));
  if (way) rows.sort((a, b) => blank(a) - blank(b) || (blank(a) ? 0 : turn * compared(text(a), text(b), numeric)));
  body.append(...rows);
  if (orders.has(table)) orders.get(table).value = way ? column + " " + way : "";
}
for (const table of all("table.sortable")) {
  given.set(table, [...table.tBodies[0].rows]);
  all("thead th", table).forEach((head, i) => {
    if (!head.textContent.trim()) return;
    pressed(head).onclick = () => {
      const next = { ascending: "descending", descending: "" };
      const now = head.getAttribute("aria-sort");
      sort(table, i, now in next ? next[now] : "ascending");
    };
  });
}

// A table too wide for a narrow window becomes a card for each row; in a wide window it scrolls and says so.
const titled = new Set();
function stack(region) {
  if (titled.has(region)) return;
  titled.add(region);
  const table = region.querySelector("table"), titles = all("thead th", table).map((head) => head.textContent);
  // laid out as blocks, a table keeps its meaning only where this is said
  for (const [query, role] of [["thead, tbody", "rowgroup"], ["tr", "row"], ["thead th", "columnheader"], ["tbody th", "rowheader"], ["td", "cell"]])
    for (const part of all(query, table)) part.setAttribute("role", role);
  table.setAttribute("role", "table");
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, i) => { cell.dataset.title = titles[i]; });
  if (given.has(table)) region.previousElementSibling.before(orderOf(table, titles));
}
// Cards have no headings to press: their order is chosen from a list.
function orderOf(table, titles) {
  const label = make("label", "Order of the cards", "order"), list = make("select"), option = (text, value) => list.append(new Option(text, value));
  option("As given", "");
  titles.forEach((title, i) => {
    if (!title.trim()) return;
    option(title + ", ascending", i + " ascending");
    option(title + ", descending", i + " descending");
  });
  list.onchange = () => {
    const [column, way] = list.value.split(" ");
    sort(table, Number(column), way || "");
  };
  orders.set(table, list);
  label.append(list);
  return label;
}
const widths = new Map();
const fitted = new ResizeObserver((entries) => {
  for (const { target: region, contentRect: { width } } of entries) {
    if (!width || widths.get(region) === width) continue;
    widths.set(region, width);
    region.classList.remove("cards");
    const over = region.scrollWidth > region.clientWidth, cards = over && matchMedia("(max-width: 40rem)").matches;
    if (cards) stack(region);
    region.classList.toggle("cards", cards);
    region.classList.toggle("wide", over && !cards);
    region.tabIndex = over && !cards ? 0 : -1;
    for (const button of all("thead button", region)) button.tabIndex = cards ? -1 : 0;
  }
});
for (const region of all(".scroll")) fitted.observe(region);

// On paper nothing can be unfolded: everything is open while the page is printed.
const opened = [];
function unfold() {
  for (const fold of all("details:not([open])")) {
    fold.open = true;
    opened.push(fold);
  }
}
function refold() {
  for (const fold of opened.splice(0)) fold.open = false;
}
addEventListener("beforeprint", unfold);
addEventListener("afterprint", refold);
matchMedia("print").addEventListener("change", (event) => (event.matches ? unfold() : refold()));
