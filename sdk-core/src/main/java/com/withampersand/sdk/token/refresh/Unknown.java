package com.withampersand.sdk.token.refresh;

import java.time.Duration;

/** What holds of a grant whose renewer has not been asked. */
final class Unknown {
  static final GrantRow.Traits TRAITS =
      new GrantRow.Traits(true, true, true, null, Duration.ofSeconds(90), true, null);

  private Unknown() {}
}
