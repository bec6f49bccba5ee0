// Compares the lists of classes that an editor wrote: node lists.mjs GRAMMAR FOLDER
import { compare, readClasses } from "./compare.mjs";

const [grammar, folder] = process.argv.slice(2);
const wrong = compare(grammar, folder, (script) =>
  readClasses(`${script.path}.${grammar}`, script.text),
);
process.exit(wrong > 0 ? 1 : 0);
