package com.withampersand.sdk.token.refresh;

import static com.withampersand.sdk.token.refresh.Deployment.ADA;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.TokenSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** One user's grants of one app under two names. */
@Timeout(60)
class SameUserTest {
  private static final ConnectionKey OTHER = new ConnectionKey("salesforce", "acme", "countess");

  private final Deployment deployment = new Deployment();
  private final FreshTokens tokens = deployment.process();
  private final Logger logger = (Logger) LoggerFactory.getLogger(FreshTokens.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    deployment.close();
  }

  private TokenSet consentOf(String user) {
    return deployment.consent().toBuilder().attribute("id", "https://example/id/" + user).build();
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void save_sameUserUnderAnotherName_warnsAndIsSaved() {
    tokens.save(ADA, consentOf("ada"));
    deployment.settle();

    tokens.save(OTHER, consentOf("ada"));

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains(ADA.toString(), OTHER.toString(), "one name for each user");
    assertThat(tokens.status(OTHER).kind().name()).isEqualTo("ACTIVE");
  }

  @Test
  void save_otherUserSameNameOrNoIdentity_doesNotWarn() {
    tokens.save(ADA, consentOf("ada"));
    deployment.settle();

    tokens.save(ADA, consentOf("ada"));
    tokens.save(OTHER, consentOf("king"));
    deployment.settle();
    tokens.save(new ConnectionKey("salesforce", "acme", "third"), deployment.consent());

    assertThat(warnings()).isEmpty();
  }
}
