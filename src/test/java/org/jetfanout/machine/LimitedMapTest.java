package org.jetfanout.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitedMapTest {
    @Test
    void theOneThatCameFirstGoes() {
        Map<String, Integer> map = LimitedMap.byArrival(2);
        map.put("a", 1);
        map.put("b", 2);
        map.get("a");
        map.put("c", 3);
        assertThat(map.keySet()).containsExactly("b", "c");
    }

    @Test
    void theOneThatWasNotUsedForTheLongestGoes() {
        Map<String, Integer> map = LimitedMap.byUse(2);
        map.put("a", 1);
        map.put("b", 2);
        map.get("a");
        map.put("c", 3);
        assertThat(map.keySet()).containsExactly("a", "c");
    }
}
