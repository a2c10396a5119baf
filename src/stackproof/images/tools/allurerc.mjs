// Configuration of every report. The categories are in the results folder, in the file that Allure's adapters use.
import { existsSync, readFileSync } from "node:fs";

const categories = "results/categories.json";

export default {
  historyPath: "history.jsonl",
  historyLimit: 100,
  categories: existsSync(categories) ? JSON.parse(readFileSync(categories, "utf8")) : [],
  plugins: {
    awesome: {
      options: {
        singleFile: true,
        reportLanguage: "en",
        charts: [
          { type: "currentStatus", title: "This run" },
          { type: "statusDynamics", title: "Run by run" },
          { type: "statusTransitions", title: "What changed" },
          { type: "durationDynamics", title: "How long runs took" },
        ],
      },
    },
  },
};
