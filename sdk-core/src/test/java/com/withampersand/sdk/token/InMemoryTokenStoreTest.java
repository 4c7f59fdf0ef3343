package com.withampersand.sdk.token;

import com.withampersand.sdk.contract.TokenStoreContract;

class InMemoryTokenStoreTest implements TokenStoreContract {
  @Override
  public TokenStore newStore() {
    return new InMemoryTokenStore();
  }

  @Override
  public TokenStore another(TokenStore store) {
    return store;
  }
}
