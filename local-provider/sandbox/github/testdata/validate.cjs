// Holds webhooks' payloads against the schemas that GitHub's own makers of clients publish. Reads lines of JSON, {event,
// payload}, and says what is wrong with which; with nothing wrong, how many were good.
const fs = require("fs");
const Ajv = require("ajv");
const addFormats = require("ajv-formats");
const schema = require("@octokit/webhooks-schemas/schema.json");

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ ...schema, $id: "webhooks" });

// What GitHub sends today and these schemas, of 2024, do not know yet or do not allow to be left out.
const tolerated = (error) => error.keyword === "additionalProperties";

let good = 0, bad = 0;
for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const { event, payload } = JSON.parse(line);
  const name = `${event}${payload.action ? "$" + payload.action : "$event"}`;
  const validate = ajv.getSchema(`webhooks#/definitions/${name}`);
  if (!validate) {
    console.log(`${name}: no schema`);
    bad++;
    continue;
  }
  if (validate(payload)) {
    good++;
    continue;
  }
  const errors = validate.errors.filter((e) => !["oneOf", "anyOf", "if"].includes(e.keyword) && !tolerated(e));
  if (errors.length === 0) {
    good++;
    continue;
  }
  bad++;
  for (const e of errors.slice(0, 12)) console.log(`${name}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}
console.log(`${good} good, ${bad} bad`);
process.exit(bad ? 1 : 0);
