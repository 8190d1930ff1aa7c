using System.Text;
using Granary.Gateway.Tests.Support;
using Granary.Hosting.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Granary.Gateway.Tests.Telemetry;

/// <summary>What is logged is on the stream when the program has ended, each entry a line.</summary>
public sealed class LineLogsTests
{
    private readonly MemoryStream _stream = new();

    private string[] Lines => Encoding.UTF8.GetString(_stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Theory]
    [InlineData(false, " info: Granary.X[0] a\\u000ab ü")]
    [InlineData(true, "\"Message\":\"a\\nb \\u00FC\"")]
    public void An_entry_is_a_line(bool asJson, string text)
    {
        using (var services = Start(asJson))
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Granary.X").Log(LogLevel.Information, 0, "a\nb ü", null, (state, _) => state);
        Lines.ShouldHaveSingleItem().ShouldContain(text);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Scopes_are_kept_only_where_the_form_can_write_them(bool asJson, bool keeps)
    {
        using var services = Start(asJson);
        services.GetServices<ILoggerProvider>().OfType<ISupportExternalScope>().Any().ShouldBe(keeps);
    }

    [Fact]
    public void An_entry_that_is_logged_while_another_one_is_made_is_a_line_of_its_own()
    {
        using (var services = Start())
        {
            var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Granary.X");
            log.Log(LogLevel.Information, 0, "outer", null, (state, _) =>
            {
                log.Log(LogLevel.Information, 0, "inner", null, (inner, _) => inner);
                return state;
            });
        }
        Lines.Select(line => line.Split(' ')[^1]).ShouldBe(["inner", "outer"]);
    }

    [Fact]
    public async Task Every_call_that_was_answered_has_its_line_when_the_gateway_has_ended()
    {
        const int Calls = 200;
        await using (var gateway = await TestGateway.StartAsync(
            o => o with { AccessLog = true }, services => services.AddLogging(logging => logging.AddConsoleLines(LogLevel.Information, error: _stream))))
        {
            await Parallel.ForAsync(0, Calls, async (_, _) => await gateway.Http.PostAsync(McpRequest.Modern("tools/list")));
        }
        Lines.Count(line => line.Contains("method=tools/list outcome=ok ms=", StringComparison.Ordinal)).ShouldBe(Calls);
    }

    private ServiceProvider Start(bool asJson = false) =>
        new ServiceCollection().AddLogging(logging => logging.AddConsoleLines(LogLevel.Information, asJson, _stream)).BuildServiceProvider();
}
