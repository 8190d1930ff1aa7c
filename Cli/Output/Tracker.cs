using Spectre.Console;

namespace Granary.Cli.Output;

/// <summary>Shows how far long work has come: a bar on a terminal's standard error, nothing elsewhere.</summary>
/// <param name="error">Standard error.</param>
/// <param name="show">Whether a person looks at it, and wants to see it.</param>
internal sealed class Tracker(TextWriter error, bool show)
{
    /// <summary>Runs <paramref name="work"/>, which reports how many of <paramref name="total"/> it has done.</summary>
    public async Task<T> RunAsync<T>(string title, long total, Func<IProgress<long>, Task<T>> work)
    {
        if (!show)
            return await work(new Silence());
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return await console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total));
                return await work(new Bar(task));
            });
    }

    private sealed class Silence : IProgress<long>
    {
        public void Report(long value)
        {
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<long>
    {
        public void Report(long value) => task.Value = value;
    }
}
