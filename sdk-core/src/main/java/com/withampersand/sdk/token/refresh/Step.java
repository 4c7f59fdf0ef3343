package com.withampersand.sdk.token.refresh;

import java.util.List;

/** What a step of the protocol results in. */
record Step(Memory memory, List<Action> actions) {}
