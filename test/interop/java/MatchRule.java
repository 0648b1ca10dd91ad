import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Ruler;

/** Reads a pattern and an event, a line of JSON each, and says whether they match, to the end of its input. */
public class MatchRule {
  public static void main(String[] arguments) throws Exception {
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String pattern = input.readLine(); pattern != null; pattern = input.readLine()) {
      System.out.println(Ruler.matchesRule(input.readLine(), pattern));
    }
  }
}
