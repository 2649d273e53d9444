/** The results of all Nodes, by id. */
export class Figures {
  #all;

  constructor(all) {
    this.#all = all;
  }

  /** The major versions of the Nodes that were measured, oldest first. */
  get nodes() {
    return Object.keys(this.#all);
  }

  /** The runs of all parts under all Nodes. */
  get runs() {
    return this.nodes.flatMap((node) => Object.values(this.#all[node]));
  }

  /** The run that has a result: its Node, date, file system and processors. Undefined if it was not measured. */
  run(node, id) {
    const runs = Object.values(this.#all[node] ?? {});
    return runs.find(({ results }) => results.some((result) => result.id === id));
  }

  result(node, id) {
    return this.run(node, id)?.results.find((result) => result.id === id);
  }

  /** One number, or NaN if it was not measured. */
  value(node, id, contestant, metric) {
    return this.result(node, id)?.contestants[contestant]?.[metric] ?? Number.NaN;
  }
}
