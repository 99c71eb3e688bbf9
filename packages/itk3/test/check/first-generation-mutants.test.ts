import { testMutantsOf } from "./full-mutants.ts";

testMutantsOf(1);
