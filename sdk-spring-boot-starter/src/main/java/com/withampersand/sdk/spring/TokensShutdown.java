package com.withampersand.sdk.spring;

import com.withampersand.sdk.token.refresh.FreshTokens;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/**
 * Closes the tokens after the web server has answered its last request and the sweeps have ended,
 * and before the data source is closed.
 */
record TokensShutdown(FreshTokens tokens, Duration longest) implements DisposableBean {
  private static final Logger log = LoggerFactory.getLogger(TokensShutdown.class);

  @Override
  public void destroy() {
    if (!tokens.close(longest)) {
      log.warn(
          "{} grants were not stored within {}. Their customers may have to connect again; raise ampersand.tokens.close-timeout.",
          tokens.unsaved(),
          longest);
    }
  }
}
