using System.CommandLine;
using System.Text.Json.Nodes;
using Granary.Cli.Hosting;
using Granary.Cli.Output;
using Granary.Vault.Backpack.Events;

namespace Granary.Cli.Commands.Writing;

/// <summary>Observations about markets, as the reference words them.</summary>
internal static class MarketEvent
{
    public static PreparedBackpackEvent Create(string subject, string predicate, JsonObject value, string extension, string actor) =>
        PreparedBackpackEvent.Create(EventTypes.Observation, ConsoleJson.Bytes(new JsonObject
        {
            ["subject"] = $"market:{subject}",
            ["predicate"] = predicate,
            ["value"] = value,
            ["confidence"] = JsonNode.Parse("1.0"),
            ["extension"] = extension,
        }), actor);
}

/// <summary><c>market-alpha</c>.</summary>
internal sealed class MarketAlphaCommand : WritingCommand
{
    private readonly Option<string> _ticker;
    private readonly Option<string> _signal;
    private readonly Option<double> _conviction;
    private readonly Option<string> _horizon;
    private readonly Option<string?> _rationale;
    private readonly Option<string> _actor;

    public MarketAlphaCommand() : base("market-alpha", "Records a market signal as an observation.")
    {
        _ticker = RequiredText("--ticker", "For example BTC");
        _signal = RequiredText("--signal", "LONG, SHORT or NEUTRAL");
        _signal.AcceptOnlyFromAmong("LONG", "SHORT", "NEUTRAL");
        _conviction = With(NumberOption.Or("--conviction", "From 0 to 1", 0.5, "NUMBER"));
        _horizon = TextOr("--horizon", "For how long", "7d");
        _rationale = Text("--rationale", "Why");
        _actor = TextOr("--actor", "Whose chain it joins", "market_analyst");
    }

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var value = new JsonObject
        {
            ["ticker"] = run.Get(_ticker),
            ["signal"] = run.Get(_signal),
            ["conviction"] = PythonFloatText.ToJson(run.Get(_conviction)),
            ["time_horizon"] = run.Get(_horizon),
        };
        if (run.Get(_rationale) is { } rationale)
            value["rationale"] = rationale;
        var prepared = MarketEvent.Create(run.Get(_ticker)!, "signal", value, "provara.market.market_alpha", run.Get(_actor)!);
        return AppendAsync(run, prepared, $"Recorded a signal for {run.Get(_ticker)}", cancellation);
    }
}

/// <summary><c>hedge-fund-sim</c>.</summary>
internal sealed class HedgeFundSimCommand : WritingCommand
{
    private readonly Option<string> _simulation;
    private readonly Option<string> _strategy;
    private readonly Option<double> _returns;
    private readonly Option<string?> _ticker;
    private readonly Option<string> _actor;

    public HedgeFundSimCommand() : base("hedge-fund-sim", "Records a simulation's result as an observation.")
    {
        _simulation = RequiredText("--sim-id", "The simulation");
        _strategy = RequiredText("--strategy", "The strategy");
        _returns = With(NumberOption.Required<double>("--returns", "In percent", "NUMBER"));
        _ticker = Text("--ticker", "For example BTC");
        _actor = TextOr("--actor", "Whose chain it joins", "simulation_engine");
    }

    public override Task<Outcome> RunAsync(Run run, CancellationToken cancellation)
    {
        var value = new JsonObject
        {
            ["simulation_id"] = run.Get(_simulation),
            ["strategy_id"] = run.Get(_strategy),
            ["returns_pct"] = PythonFloatText.ToJson(run.Get(_returns)),
        };
        if (run.Get(_ticker) is { } ticker)
            value["ticker"] = ticker;
        var prepared = MarketEvent.Create(run.Get(_strategy)!, "performance", value, "provara.market.hedge_fund_sim", run.Get(_actor)!);
        return AppendAsync(run, prepared, $"Recorded a simulation of {run.Get(_strategy)}", cancellation);
    }
}
