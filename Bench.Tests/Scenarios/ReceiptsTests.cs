using System.Text;
using Granary.Bench.Scenarios;

namespace Granary.Bench.Tests.Scenarios;

public class ReceiptsTests
{
    private const string Answer = """{"result":{"content":[{"text":"{\"position\":1}"}],"structuredContent":{"hash":"00","position":POSITION,"replayed":false} } }""";

    private readonly Receipts _receipts = new();

    [Fact]
    public void Different_positions_are_counted()
    {
        Take(12);
        Take(13);
        _receipts.Count.ShouldBe(2);
    }

    [Fact]
    public void A_position_that_was_told_twice_is_a_fork()
    {
        Take(12);
        Should.Throw<BenchException>(() => Take(12)).Message.ShouldContain("forked");
    }

    [Fact]
    public void An_answer_without_a_position_is_wrong() => Should.Throw<BenchException>(() => _receipts.Take("{}"u8));

    private void Take(int position) => _receipts.Take(Encoding.UTF8.GetBytes(Answer.Replace("POSITION", $"{position}", StringComparison.Ordinal)));
}
