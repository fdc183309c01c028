/** What the agent's own tools say. Nothing is executed, read or written here: the results are made up. */
export function callTool(name: string, args: unknown): { text: string; isError: boolean } {
  const given = typeof args === "object" && args !== null ? (args as Record<string, unknown>) : {};
  const text = (field: string) => (typeof given[field] === "string" ? given[field] : "");
  switch (name) {
    case "ls":
      return { text: text("path") === "harbour" ? Object.keys(files).join("\n") : "(empty directory)", isError: false };
    case "read": {
      const file = files[text("path").replace(/^harbour\//, "")];
      return file === undefined
        ? { text: `ENOENT: no such file or directory, open '${text("path")}'`, isError: true }
        : { text: file, isError: false };
    }
    case "exec": {
      const echoed = text("command").match(/^echo (.*)$/)?.[1];
      return { text: echoed ?? "(the sandbox runs no commands)", isError: false };
    }
    default:
      return { text: `Tool ${name} not found`, isError: true };
  }
}

/** The toolsmith's desk: a small harbour office. */
const files: Record<string, string> = {
  "tides.csv":
    "day,low,high,height_m\nMon,05:12,11:31,3.4\nTue,06:01,12:18,3.7\nWed,06:47,13:04,4.0\nThu,07:31,13:50,4.2\nFri,08:16,14:37,4.1\nSat,09:03,15:26,3.9\nSun,09:55,16:20,3.5\n",
  "berths.csv":
    "berth,depth_m,length_m,booked\nA1,3.2,14,Mon-Thu\nA2,3.2,14,Sat-Sun\nB1,4.5,22,Tue-Sun\nB2,4.5,22,Mon-Wed\nC1,6.0,35,\n",
  "gates.csv":
    "gate,work_below_m,hours_of_work,passages\n1,3.2,8,\n2,3.6,5,Mon 08:00-12:30 dredger\n3,4.5,3,daily 06:00-07:00 ferry\n",
  "notes.md":
    "- Keep half a metre under the keel, always.\n- C1 is reserved for the pilot boat unless the harbour master agrees.\n- Wind above 7 Bft from the west: nobody enters.\n",
};
