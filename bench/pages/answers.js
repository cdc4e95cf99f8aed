"use strict";
// The columns of a run's answers, out of the run's document: a row for each point, named as in the files of `--out`.
window.columnsOfAnswers = (() => {
  const flat = (data) => (Array.isArray(data) ? data.flat(Infinity) : [data]);

  function pointsAlong(answer, place, length) {
    const lengths = answer.dims.map((dim) => answer.coords[dim].length);
    const inner = lengths.slice(place + 1).reduce((product, one) => product * one, 1);
    const points = answer.coords[answer.dims[place]];
    return Array.from({ length }, (_, i) => points[Math.floor(i / inner) % points.length]);
  }

  function nearestColumns({ at, values, excess, failed, considered }, units) {
    return [
      ...Object.entries(at).map(([name, data]) => [name, units[name], data]),
      ...Object.entries(values).map(([name, { unit, data }]) => [name, unit, data]),
      ["excess", "", excess],
      ...Object.entries(failed).map(([name, data]) => [`failed(${name})`, "", data]),
      ["considered", "", considered],
    ].map(([name, unit, data]) => ({ name: `nearest_${name}`, unit: unit ?? "", values: flat(data) }));
  }

  function ofAnswer(answer) {
    const length = answer.dims.reduce((product, dim) => product * answer.coords[dim].length, 1);
    const columns = answer.dims.map((name, place) =>
      ({ name, unit: answer.units[name] ?? "", values: pointsAlong(answer, place, length) }));
    for (const [name, { unit, data }] of Object.entries(answer.values)) {
      if (!(name in answer.coords)) columns.push({ name, unit, values: flat(data) });
    }
    for (const [name, data] of Object.entries(answer.at ?? {})) {
      if (!(name in answer.values)) columns.push({ name, unit: answer.units[name] ?? "", values: flat(data) });
    }
    if (answer.nearest) columns.push(...nearestColumns(answer.nearest, answer.units));
    if (answer.kind !== "pareto") return columns;
    const own = columns.filter(({ name }) => name in answer.values); // a front is filled up to the longest one
    const rows = [...Array(length).keys()].filter((i) => own.some(({ values }) => values[i] !== null));
    return columns.map((column) => ({ ...column, values: rows.map((i) => column.values[i]) }));
  }

  function joined(answers) {
    const table = new Map([["question", { name: "question", unit: "", values: [] }]]);
    let done = 0;
    for (const answer of answers) {
      const columns = ofAnswer(answer);
      const length = columns.length ? columns[0].values.length : 0;
      for (let i = 0; i < length; i++) table.get("question").values.push(answer.question);
      for (const { name, unit, values } of columns) {
        const key = JSON.stringify([name, unit]);
        if (!table.has(key)) table.set(key, { name, unit, values: [] });
        const column = table.get(key).values;
        while (column.length < done) column.push(null);
        for (const value of values) column.push(value);
      }
      done += length;
    }
    for (const { values } of table.values()) while (values.length < done) values.push(null);
    return [...table.values()];
  }

  // Those of one question, or of all below one another.
  return ({ answers }, question) =>
    (question === undefined ? joined(answers) : ofAnswer(answers.find((answer) => answer.question === question)));
})();
