using System.Runtime.InteropServices;
using System.Text.Json;

namespace Granary.Instana.Tests.Operations;

public class CallArgumentsTests
{
    [Fact]
    public void A_call_keeps_no_more_than_its_parameters()
    {
        using var arguments = JsonDocument.Parse("""{"operation":"get_events","params":{"time_range":"24h"},"max_events":7}""");
        var call = InstanaTools.Read("manage_events", arguments.RootElement, out _).ShouldNotBeNull();
        MemoryMarshal.TryGetArray(call.Params, out var kept).ShouldBeTrue();
        kept.Array!.Length.ShouldBe("""{"time_range":"24h","max_events":7}""".Length);
    }
}
