const figures = all(".figure"), smalls = all(".small"), tellers = [];
let picked = "";

// Show one lot of one map; the other maps on the page show the same areas.
function pick(figure, lot) {
  const name = lot === "" ? "" : figure.id + lot;
  picked = name === picked ? "" : name;
  const chosen = new Set(picked ? all("[data-a]", figure).filter((area) => area.dataset.l === lot).map((area) => area.dataset.a) : []);
  for (const area of all("[data-a]")) {
    const on = chosen.has(area.dataset.a);
    area.classList.toggle("on", on);
    if (area.hasAttribute("role")) area.setAttribute("aria-selected", on);
  }
  for (const other of [...figures, ...smalls]) other.classList.toggle("picked", picked !== "");
  for (const button of all("[data-lot]")) button.setAttribute("aria-pressed", picked !== "" && button.dataset.lot === lot);
}

// Mark an area on every map and tell of it beside each.
function tell(mark) {
  const drawn = document.getElementById((mark.getAttribute("href") || "#" + mark.id).slice(1));
  for (const ring of all(".ring")) ring.setAttribute("d", drawn.getAttribute("d"));
  for (const teller of tellers) teller(mark.dataset.a);
}

for (const figure of figures) {
  const map = figure.querySelector(".map"), detail = figure.querySelector(".detail");
  const data = JSON.parse(figure.querySelector(".data").textContent);
  const whole = map.getAttribute("viewBox").split(" ").map(Number);
  const areas = all("[role=option]", map);
  let view = whole, drag = null, moved = false;

  const fit = () => {
    const px = view[2] / map.getBoundingClientRect().width * Math.max(1, map.clientHeight && view[3] / view[2] * map.clientWidth / map.clientHeight);
    for (const group of all(".labels", map))
      group.setAttribute("font-size", (px * 13 * Math.min(1.6, Math.sqrt(whole[2] / view[2])) * group.dataset.factor).toFixed(1));
  };
  const show = (next) => {
    view = next[2] >= whole[2] ? whole : next;
    map.setAttribute("viewBox", view.map(Math.round).join(" "));
    figure.classList.toggle("zoomed", view !== whole);
    fit();
  };
  const zoom = (times, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
    const w = Math.max(whole[2] / 24, view[2] / times), k = w / view[2];
    show([x - (x - view[0]) * k, y - (y - view[1]) * k, w, view[3] * k]);
  };
  const at = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());

  tellers.push((index) => {
    const area = data.areas[index], [lot, provider] = data.lots[area.l], list = make("dl");
    const row = (name, value) => {
      const line = make("div");
      line.append(make("dt", name), make("dd", value));
      list.append(line);
    };
    if (data.before) row("Lot before", data.before[index]);
    for (const [name, lots, of] of data.others || []) row(name, lots[of[index]]);
    if (provider) row("Provider", provider);
    data.measures.forEach(([title], i) => row(title, area.m[i]));
    data.layers.forEach(([title, names], i) => {
      if (area.g[i] >= 0) row(title, names[area.g[i]] + (area.f.includes(i) ? " (approximately)" : ""));
    });
    for (const [kind, names] of area.p) row(kind, names.length > 3 ? names.length + ", among them " + names.slice(0, 2).join(", ") : names.join(", "));
    detail.replaceChildren(make("p", area.n, "name"), make("p", "Lot " + lot), list);
  });
  const go = (mark) => {
    for (const area of areas) area.tabIndex = area === mark ? 0 : -1;
    mark.focus({ preventScroll: true });
  };
  const beside = (mark, dx, dy) => {
    const middle = (area) => { const b = area.getBBox(); return [b.x + b.width / 2, b.y + b.height / 2]; };
    const [x, y] = middle(mark);
    let best = mark, least = Infinity;
    for (const area of areas) {
      const [u, v] = middle(area), along = (u - x) * dx + (v - y) * dy, across = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
      if (area !== mark && along > 0 && along + 2 * across < least) { least = along + 2 * across; best = area; }
    }
    return best;
  };

  map.addEventListener("pointerover", (event) => { if (event.target.dataset.a && !drag) tell(event.target); });
  map.addEventListener("focusin", (event) => { if (event.target.dataset.a) tell(event.target); });
  map.addEventListener("click", (event) => { if (event.target.dataset.l && !moved) pick(figure, event.target.dataset.l); });
  map.addEventListener("keydown", (event) => {
    const mark = event.target, step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!mark.dataset.a) return;
    if (step) go(beside(mark, ...step));
    else if (event.key === "Home" || event.key === "End") go(areas.at(event.key === "Home" ? 0 : -1));
    else if (event.key === "Enter" || event.key === " ") pick(figure, mark.dataset.l);
    else if (event.key === "Escape") pick(figure, "");
    else return;
    event.preventDefault();
  });
  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !map.contains(document.activeElement)) return;
    event.preventDefault();
    const point = at(event);
    zoom(event.deltaY < 0 ? 1.25 : 0.8, point.x, point.y);
  }, { passive: false });
  map.addEventListener("pointerdown", (event) => { moved = false; if (view !== whole) drag = at(event); });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const point = at(event), dx = drag.x - point.x, dy = drag.y - point.y;
    if (!moved && Math.hypot(dx, dy) < view[2] / 150) return;
    moved = true;
    show([view[0] + dx, view[1] + dy, view[2], view[3]]);
  });
  addEventListener("pointerup", () => { drag = null; });
  addEventListener("resize", fit);
  for (const button of all("[data-zoom]", figure)) button.onclick = () => +button.dataset.zoom ? zoom(+button.dataset.zoom) : show(whole);
  for (const button of all("[data-view]", figure)) button.onclick = () => {
    const [x, y, w, h] = button.dataset.view.split(" ").map(Number), tall = w * whole[3] / whole[2];
    show([x, y + (h - tall) / 2, w, tall]);
  };
  const turn = (id, on) => map.querySelector(id).setAttribute("display", on ? "inline" : "none");
  for (const input of all("[type=radio]", figure)) input.onchange = () => {
    for (const other of all("[type=radio]", figure)) if (other.value) turn("#" + map.id + "-layer-" + CSS.escape(other.value), other.checked);
  };
  for (const input of all("[data-points]", figure)) input.onchange = () => turn("#" + map.id + "-points-" + CSS.escape(input.dataset.points), input.checked);
  for (const name of ["patterned", "moving"])
    for (const input of all(`[data-turns=${name}]`, figure)) input.onchange = () => figure.classList.toggle(name, input.checked);
  for (const part of all(".zoom, .side", figure)) part.hidden = false;
  fit();
}

// A small map is pointed at only: what it shows stands beside the large one and in the tables.
for (const small of smalls) {
  small.addEventListener("pointerover", (event) => { if (event.target.dataset.a) tell(event.target); });
  small.addEventListener("click", (event) => { if (event.target.dataset.l) pick(small, event.target.dataset.l); });
}

// A lot chosen in a table is brought into view on the map, with a way back to where it was chosen.
const back = document.querySelector(".back");
const bring = (element, block) => element.scrollIntoView({ block, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
for (const button of all("[data-lot]")) button.onclick = () => {
  pick(figures[0], button.dataset.lot);
  back.hidden = !picked;
  if (!picked) return;
  back.onclick = () => {
    button.focus({ preventScroll: true });
    bring(button, "center");
    back.hidden = true;
  };
  const canvas = figures[0].querySelector(".canvas");
  bring(canvas, canvas.clientHeight > innerHeight ? "start" : "nearest");
};
