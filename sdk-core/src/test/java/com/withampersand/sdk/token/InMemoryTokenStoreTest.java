package com.withampersand.sdk.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.TokenSet;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemoryTokenStoreTest implements TokenStoreContract {
  @Override
  public TokenStore newStore(Duration longestWait) {
    return new InMemoryTokenStore(longestWait);
  }

  @Override
  public TokenStore anotherOverTheSame(TokenStore store, Duration longestWait) {
    return store;
  }

  @Test
  void constructor_withoutLongestWait_makesAnEmptyStore() {
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "ada");

    TokenStore store = new InMemoryTokenStore();

    assertThat(store.find(key)).isEmpty();
  }

  @Test
  void save_inOneStore_isNotSeenInAnother() {
    ConnectionKey key = new ConnectionKey("salesforce", "acme", "ada");
    TokenStore store = new InMemoryTokenStore();
    TokenStore other = new InMemoryTokenStore();

    store.save(key, TokenSet.builder(Secret.of("token"), Instant.EPOCH).build());

    assertThat(other.find(key)).isEmpty();
  }
}
