// A closer look at one picture; the page can be read without it.
const one = document.getElementById("one");
const shown = one.querySelector("img");
const said = one.querySelector("p");
let at = -1;
const all = [...document.querySelectorAll("figure[data-zoom]")];
function show(k) {
  at = (k + all.length) % all.length;
  const img = all[at].querySelector("img");
  const words = all[at].querySelector("figcaption");
  shown.src = img.src;
  shown.alt = img.alt;
  const [w, h] = [img.naturalWidth, img.naturalHeight];
  shown.width = Math.round(w * Math.min((innerWidth - 60) / w, (innerHeight - 170) / h, 3));
  said.innerText = words ? words.textContent.trim() : img.alt;
  if (!one.open) one.showModal();
}
all.forEach((figure, k) => {
  const img = figure.querySelector("img");
  img.tabIndex = 0;
  img.setAttribute("role", "button");
  img.addEventListener("click", () => show(k));
  img.addEventListener("keydown", (e) => {
    if (e.key === "Enter" || e.key === " ") { e.preventDefault(); show(k); }
  });
});
one.addEventListener("click", (e) => { if (e.target === one || e.target === shown) one.close(); });
one.addEventListener("keydown", (e) => {
  if (e.key === "ArrowRight") show(at + 1);
  if (e.key === "ArrowLeft") show(at - 1);
});
