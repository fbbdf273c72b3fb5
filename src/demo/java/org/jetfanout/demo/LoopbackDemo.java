package org.jetfanout.demo;

import java.io.IOException;
import org.jetfanout.cli.Demo;

/**
 * The demo on this machine's loopback. The command {@code demo} finds it in {@code
 * META-INF/services}.
 */
public final class LoopbackDemo implements Demo {
    @Override
    public Site start(Runner runner, boolean trouble) throws IOException {
        return DemoSite.start(runner, trouble);
    }
}
