#!/usr/bin/env escript
%%! +S 2:2
%% An OTP supervisor with one gen_server a child; each runs its program behind a port and crashes when the program does.
-mode(compile).
-export([init/1, handle_info/2, handle_call/3, handle_cast/2]).

main([Child, Socket, Count]) ->
    process_flag(trap_exit, true),
    {ok, _} = supervisor:start_link(?MODULE, {sup, Child, Socket, list_to_integer(Count)}),
    receive stop -> ok end.

init({sup, Child, Socket, Count}) ->
    Specs = [#{id => N, start => {gen_server, start_link, [?MODULE, {child, Child, Socket, N}, []]}}
             || N <- lists:seq(0, Count - 1)],
    {ok, {#{strategy => one_for_one, intensity => 100000, period => 1}, Specs}};
init({child, Child, Socket, N}) ->
    Port = open_port({spawn_executable, Child}, [{args, [Socket, integer_to_list(N)]}, exit_status]),
    {ok, Port}.

handle_info({Port, {exit_status, Status}}, Port) -> {stop, {exit_status, Status}, Port};
handle_info(_, Port) -> {noreply, Port}.
handle_call(_, _, Port) -> {reply, ok, Port}.
handle_cast(_, Port) -> {noreply, Port}.
