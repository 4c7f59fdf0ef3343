package com.withampersand.sdk.token.file;

import com.withampersand.sdk.contract.TokenStoreContract;
import com.withampersand.sdk.token.TokenStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileTokenStoreContractTest implements TokenStoreContract {
  @TempDir private Path temporary;

  @Override
  public TokenStore newStore() {
    return FileTokenStore.open(temporary.resolve("rows"));
  }

  @Override
  public TokenStore another(TokenStore store) {
    return FileTokenStore.open(temporary.resolve("rows"));
  }
}
