package com.withampersand.sdk.token.refresh;

import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What listeners are told. */
sealed interface Notice {
  record Refreshed(TokenSet tokens, Duration took) implements Notice {}

  record RefreshFailed(Failure failure, Duration took) implements Notice {}

  record ConsentNeeded(Refusal refusal) implements Notice {}

  record Blocked(Refusal refusal) implements Notice {}

  record InDoubt() implements Notice {}

  record Recovered() implements Notice {}

  record PendingWrite(@Nullable Throwable cause) implements Notice {}

  record PendingWriteDone() implements Notice {}

  record Superseded(TokenSet tokens) implements Notice {}

  record Warned(String warning) implements Notice {}
}
