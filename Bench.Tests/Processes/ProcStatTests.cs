using Granary.Bench.Processes;

namespace Granary.Bench.Tests.Processes;

public class ProcStatTests
{
    [Fact]
    public void User_and_system_time_are_found_behind_any_name() =>
        ProcStat.ParseCpuTicks("42 (a ) b (c) S 1 42 42 0 -1 4194304 100 0 0 0 17 25 0 0 20 0 9 0 5000 1 2 3").ShouldBe(42);

    [Fact]
    public void Idle_time_of_the_machine_counts_what_waits_for_a_disk_and_leaves_guests_out() =>
        ProcStat.ParseMachineTicks("cpu  10 1 20 300 40 2 3 4 5 6\ncpu0 1 1 1 1 1 1 1 1 1 1\n").ShouldBe((340, 380));

    [Fact]
    public void Resident_memory_is_found() =>
        ProcStat.ParseKilobytes("Name:\tx\nVmHWM:\t  99 kB\nVmRSS:\t   12345 kB\nThreads:\t3\n", "VmRSS:").ShouldBe(12345);

    [Fact]
    public void A_missing_figure_is_said() => Should.Throw<FormatException>(() => ProcStat.ParseKilobytes("Name:\tx\n", "VmRSS:"));
}
