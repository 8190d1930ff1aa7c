using Granary.Bench.Reports;

namespace Granary.Bench.Tests.Reports;

public class ResultsFileTests
{
    [Fact]
    public void A_section_replaces_itself_and_leaves_the_others()
    {
        var file = ResultsFile.Merge(ResultsFile.Merge("# Results\n", "a", "first a\n\n"), "b", "first b\n");
        ResultsFile.Merge(file, "a", "second a").ShouldBe(
            "# Results\n\n<!-- a -->\nsecond a\n<!-- end of a -->\n\n<!-- b -->\nfirst b\n<!-- end of b -->\n");
    }
}
